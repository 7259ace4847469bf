package main

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
)

// next says how to go on after init. A database that was named on the command line has to be
// named again; its password is not shown.
func (o *options) next() string {
	if !o.databaseByFlag {
		return fmt.Sprintf("Next: ks-server --dir %s serve\n", o.dir)
	}
	shown := withoutPassword(o.database)
	note := ""
	if shown != o.database {
		note = "; its password is left out here"
	}
	return fmt.Sprintf(`Next: ks-server --dir %s --database '%s' serve
      or without --database, once %s has the line database=ADDRESS%s
`, o.dir, strings.ReplaceAll(shown, "'", `'\''`), o.configuration(), note)
}

// passwordWord is a password in an address of PostgreSQL that is written in words.
var passwordWord = regexp.MustCompile(`\b(ssl)?password\s*=\s*('(\\.|[^'\\])*'|(\\.|\S)*)\s*`)

// withoutPassword is an address of PostgreSQL as it may be shown.
func withoutPassword(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Scheme == "" {
		return strings.TrimSpace(passwordWord.ReplaceAllString(address, ""))
	}
	if name := u.User.Username(); name != "" {
		u.User = url.User(name)
	}
	query := u.Query()
	for _, secret := range []string{"password", "sslpassword"} {
		if query.Has(secret) {
			query.Del(secret)
			u.RawQuery = query.Encode()
		}
	}
	return u.String()
}
