/** What a platform's probes ask: started, live, ready. */
@NullMarked
package dev.errand.service.health;

import org.jspecify.annotations.NullMarked;
