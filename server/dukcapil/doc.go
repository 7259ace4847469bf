// Package dukcapil looks persons and family cards up in the civil registry of
// the Ministry of Home Affairs, for one family and one purpose at a time.
//
// A look-up is for users whose registration form is in force (Permendagri
// 61/2015 and 102/2019 on access to population data), on families in their
// areas, within a quota a user and a day and one in all. What the registry
// answers is cut down to what the survey asks (RegistryPerson) before it leaves
// this package; nothing of it is stored, logged or put into an error, and the
// audit trail names the family, never the number.
//
// Registry is the way to a registry; Client is the one over HTTPS, with the
// shape of answers and the meaning of the registry's words in answer.go and
// sentence.go alone.
// Service decides who may ask, counts, and asks. A stand-in to try it with is
// `ks-sim dukcapil`.
package dukcapil
