/** The state of all processes of the group, and the flag that pauses them. */
@NullMarked
package dev.errand.service.status;

import org.jspecify.annotations.NullMarked;
