/** What operators have begun and processes go on with. */
@NullMarked
package dev.errand.job;

import org.jspecify.annotations.NullMarked;
