package review

import "slices"

// Person is who judges: all accounts that they have or had. Who was promoted, or came back, has
// a new account, and what they entered under the former is theirs all the same.
type Person []uint32

// PersonOf is the person of an account, with the others that are known to be theirs.
func PersonOf(account uint32, others ...uint32) Person {
	all := append(Person{account}, others...)
	slices.Sort(all)
	return slices.Compact(all)
}

// Wrote tells whether one of the authors is the person. Nobody judges, or admits, what they
// collected or corrected (DOMAIN.md section 7); whatever compares the two does it here.
func (p Person) Wrote(authors ...uint32) bool {
	return slices.ContainsFunc(authors, func(author uint32) bool { return slices.Contains(p, author) })
}
