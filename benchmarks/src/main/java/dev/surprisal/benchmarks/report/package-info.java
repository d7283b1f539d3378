/** What is made of results: the pages and charts in docs/, and how two runs compare. */
package dev.surprisal.benchmarks.report;
