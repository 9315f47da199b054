/** What dev mode logs when it is ready. Nothing of this package is in the production artifact. */
@NullMarked
package dev.errand.dev.greeting;

import org.jspecify.annotations.NullMarked;
