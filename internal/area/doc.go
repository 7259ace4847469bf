// Package area names the nodes of the administrative tree: nation, province,
// district, kecamatan, village, RW, RT. A Code is a path in Kemendagri's dotted
// form with RW and RT behind slashes, "32.04.05.2001/003/007"; a Place is the
// RW/RT part inside a village. Both are small comparable values, fit as map
// keys. A Renumbering carries codes through a decree that changed them.
//
// The package knows the form of codes only, not which exist: that is the area
// table's business, and an unknown code of the right form is no error here.
//
//	rt, err := area.Parse("32.04.05.2001/003/007")
//	rt.Parent()                    // 32.04.05.2001/003
//	district.Contains(rt)          // true for 32.04
package area
