/** The database's schema: whether it is this program's. */
@NullMarked
package dev.errand.schema;

import org.jspecify.annotations.NullMarked;
