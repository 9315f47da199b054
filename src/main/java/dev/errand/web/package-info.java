/** What API and console share: parameters of requests are read as they are meant, or refused by name. */
@NullMarked
package dev.errand.web;

import org.jspecify.annotations.NullMarked;
