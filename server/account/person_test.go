package account

import (
	"errors"
	"strings"
	"testing"

	"github.com/keluarga-sehat/sync/server/store"
)

func TestANameThatNobodyCanReadIsNotKept(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, name := range []string{"x\xff", "x\ny", "x\x1b[2J", "x\u202egnp", "x\u200by", "x\u2028y", strings.Repeat("x", maxText+1), strings.Repeat("é", maxText+1)} {
		var invalid *InvalidError
		if err := SealFullName(w.Vault, &store.Account{UserName: "siti"}, name); !errors.As(err, &invalid) || invalid.Field != "full_name" {
			t.Errorf("%q: %v", name, err)
		}
		p := person("Siti", 1)
		p.FullName = name
		if err := p.Check(); !errors.As(err, &invalid) || invalid.Field != "full_name" {
			t.Errorf("%q of a person: %v", name, err)
		}
	}
}

// Letters are counted, not the bytes that they take.
func TestANameOfOtherLettersIsNoShorter(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := person(strings.Repeat("é", maxText), 1)
	p.Position = strings.Repeat("é", maxText)
	a := store.Account{UserName: "siti"}
	if err := p.Check(); err != nil {
		t.Error(err)
	}
	if err := SealFullName(w.Vault, &a, p.FullName); err != nil {
		t.Fatal(err)
	}
	if name, err := OpenFullName(w.Vault, &a); name != p.FullName || err != nil {
		t.Errorf("%q, %v", name, err)
	}
}

// One name that was kept before it was looked at must not keep people from all accounts.
func TestANameThatWasKeptSoIsRead(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	a := store.Account{UserName: "siti"}
	if err := SealFullName(w.Vault, &a, "Siti"); err != nil {
		t.Fatal(err)
	}
	var err error
	if a.FullName, err = w.Vault.Seal(a.Salt, Binding(tableFullName, a.UserName), []byte("Sit\xec Aminah")); err != nil {
		t.Fatal(err)
	}
	if name, err := OpenFullName(w.Vault, &a); name != "Sit\ufffd Aminah" || err != nil {
		t.Errorf("%q, %v", name, err)
	}
}
