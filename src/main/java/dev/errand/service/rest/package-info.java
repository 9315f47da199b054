/** The HTTP API, for programs. */
@NullMarked
package dev.errand.service.rest;

import org.jspecify.annotations.NullMarked;
