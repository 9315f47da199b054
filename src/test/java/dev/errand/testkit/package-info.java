/**
 * For tests of your handlers: publish an action, await what becomes of it, look at what it did. Inject {@link
 * dev.errand.testkit.Errand} into a {@code @QuarkusTest}.
 */
package dev.errand.testkit;
