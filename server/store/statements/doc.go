// Package statements is the SQL of a server's store, once for both engines.
// What differs between them is behind Engine, a handful of expressions and
// encodings; what they share is static text here, with parameters in order of
// first use, which both engines number alike.
package statements
