/** What people and their programs ask of Errand over HTTP. */
@NullMarked
package dev.errand.api;

import org.jspecify.annotations.NullMarked;
