package account

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/runes"
	"golang.org/x/text/transform"
	"golang.org/x/text/unicode/norm"

	"github.com/keluarga-sehat/sync/server/store"
)

// titles are parts of names that say what somebody is, not who.
var titles = map[string]bool{
	"dr": true, "drg": true, "drs": true, "dra": true, "prof": true, "ir": true, "h": true, "hj": true, "ns": true, "bd": true, "tn": true,
	"ny": true, "sdr": true, "apt": true,
}

const (
	maxNamePart = 14
	// plainTries are names with small numbers, before a random number is added.
	plainTries = 9
	maxTries   = 40
)

// baseName makes "siti.aminah" of "Hj. Siti Nur Aminah, S.Kep": first and last
// name, letters a to z alone, so that it never holds a number of the person.
func baseName(fullName string) string {
	fullName, _, _ = strings.Cut(fullName, ",")
	var parts []string
	for _, word := range strings.FieldsFunc(fullName, func(r rune) bool { return unicode.IsSpace(r) || r == '.' }) {
		if w := letters(word); w != "" && !titles[w] {
			parts = append(parts, w[:min(len(w), maxNamePart)])
		}
	}
	switch len(parts) {
	case 0:
		return "pengguna"
	case 1:
		return parts[0]
	default:
		return parts[0] + "." + parts[len(parts)-1]
	}
}

func letters(word string) string {
	plain, _, err := transform.String(transform.Chain(norm.NFD, runes.Remove(runes.In(unicode.Mn)), norm.NFC), word)
	if err != nil {
		plain = word
	}
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' {
			return r
		}
		return -1
	}, strings.ToLower(plain))
}

// add stores an account under the first name that is free nationwide.
func (s *Service) add(ctx context.Context, tx store.Tx, base string, a *store.Account, seal func() error) error {
	for try := range maxTries {
		a.UserName = base
		switch {
		case try > plainTries:
			n, err := randomNumber(s.Rand)
			if err != nil {
				return err
			}
			a.UserName += strconv.Itoa(n)
		case try > 0:
			a.UserName += strconv.Itoa(try + 1)
		}
		if _, err := tx.Snapshot().FindAccountByName(ctx, a.UserName); !errors.Is(err, store.ErrNotFound) {
			if err != nil {
				return err
			}
			continue
		}
		if err := seal(); err != nil {
			return err
		}
		number, err := tx.Directory().PutAccount(ctx, *a)
		if errors.Is(err, store.ErrExists) {
			continue // taken in this moment by another
		}
		a.Number = number
		return err
	}
	return fmt.Errorf("find a user name for %q: %w", base, store.ErrExists)
}

// randomNumber has three to five digits.
func randomNumber(random io.Reader) (int, error) {
	n, err := rand.Int(random, userNumbers)
	if err != nil {
		return 0, fmt.Errorf("draw number: %w", err)
	}
	return int(n.Int64()) + 100, nil
}
