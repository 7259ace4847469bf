// Package procedure walks the ministry's whole way from a nomination to a
// surveyor's first offline survey, against the real programs as processes: once by
// the commands of README's section "Set up a district", as they stand there, and
// once by REST alone. Each walk begins with an empty folder and ends with the
// family in the district's figures.
package procedure
