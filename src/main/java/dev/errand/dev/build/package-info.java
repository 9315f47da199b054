/** What Quarkus is told while the application is built; not in the artifact. */
@NullMarked
package dev.errand.dev.build;

import org.jspecify.annotations.NullMarked;
