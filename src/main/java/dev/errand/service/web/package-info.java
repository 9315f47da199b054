/** What API and console have in common: strict reading of parameters and bodies, and errors as RFC 9457 has them. */
@NullMarked
package dev.errand.service.web;

import org.jspecify.annotations.NullMarked;
