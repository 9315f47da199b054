/** How all processes of the group are doing, and the flag that pauses them. */
@NullMarked
package dev.errand.service.status;

import org.jspecify.annotations.NullMarked;
