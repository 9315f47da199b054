/**
 * For tests of your handlers: publish an action, wait until it is done or dead, and look at its effects. Inject {@link
 * dev.errand.testkit.Errand} into a {@code @QuarkusTest}.
 */
package dev.errand.testkit;
