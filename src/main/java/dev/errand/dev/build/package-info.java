/** Build steps of Quarkus; not in the artifact. */
@NullMarked
package dev.errand.dev.build;

import org.jspecify.annotations.NullMarked;
