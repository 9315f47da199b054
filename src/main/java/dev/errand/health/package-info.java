/** What a platform's probes ask: started, alive, ready. */
@NullMarked
package dev.errand.health;

import org.jspecify.annotations.NullMarked;
