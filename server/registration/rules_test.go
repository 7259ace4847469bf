package registration

import (
	"errors"
	"strings"
	"testing"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// What the message counts is what is measured: letters, however many bytes they take.
func TestAnAddressIsMeasuredInLetters(t *testing.T) {
	t.Parallel()
	rules := &ksv1.RegistrationRules{Administrators: 1, PostalAddress: strings.Repeat("é", maxPostalAddress)}
	if err := checkRules(rules); err != nil {
		t.Errorf("%d letters are refused: %v", maxPostalAddress, err)
	}
	rules.PostalAddress += "e"
	var wrong *InvalidError
	if err := checkRules(rules); !errors.As(err, &wrong) || wrong.Field != "rules.postal_address" {
		t.Errorf("a letter more gives %v", err)
	}
}
