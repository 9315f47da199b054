/** What the engine tells those who count and trace its work. */
@NullMarked
package dev.errand.engine.observation;

import org.jspecify.annotations.NullMarked;
