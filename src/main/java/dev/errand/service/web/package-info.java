/** Shared by API and console: strict reading of parameters and bodies, and errors in the form of RFC 9457. */
@NullMarked
package dev.errand.service.web;

import org.jspecify.annotations.NullMarked;
