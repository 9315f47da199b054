/** What a team that uses Errand implements: the code that runs for an action type. */
@NullMarked
package dev.errand.handler;

import org.jspecify.annotations.NullMarked;
