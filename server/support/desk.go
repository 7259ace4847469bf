// Package support keeps whom users may ask for help, and what helps them
// without: an ordered list of contacts and a text for the nation and for each
// district, served to apps and pages and kept by devices for the days without
// signal. Contacts are published to every user; nothing here is sealed, so a
// private number has no place in it.
//
// Lists come as CSV (ParseCSV: every row that is wrong is named with its column)
// by 'ks-server contacts import', or over the contract.
package support

import (
	"context"
	"errors"
	"fmt"
	"net/mail"
	"strings"
	"time"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/prokesga"
	"github.com/keluarga-sehat/sync/internal/shape"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/access"
	"github.com/keluarga-sehat/sync/server/store"
)

// Nation is the area of the national level's desk.
const Nation = "id"

// maxContacts of one desk, as the contract says.
const maxContacts = 50

// ErrForbidden: the area is not the caller's to set.
var ErrForbidden = errors.New("not the caller's own area")

// InvalidError is a field of a desk that is wrong.
type InvalidError struct {
	Field string
	// Problem is for operators, Text for officers, in Indonesian.
	Problem, Text string
}

// Error names both.
func (e *InvalidError) Error() string { return e.Field + ": " + e.Problem }

// Service keeps desks. Both fields must be set.
type Service struct {
	Store store.Store
	Now   func() time.Time
}

// setting is the name under which a desk is kept.
func setting(area string) string { return store.MetaSupport + area }

// Get gives the desks of a district ("": none) and of the nation, the nearest
// first; those that offer nothing are left out.
func (s *Service) Get(ctx context.Context, district string) (desks []*ksv1.SupportDesk, err error) {
	err = s.Store.Read(ctx, func(ctx context.Context, snap store.Snapshot) error {
		desks = nil
		for _, area := range []string{district, Nation} {
			if area == "" {
				continue
			}
			desk, err := find(ctx, snap, area)
			if err != nil {
				return err
			}
			if desk != nil {
				desks = append(desks, desk)
			}
		}
		return nil
	})
	return desks, err
}

// HelpText is an area's, as kept.
func (s *Service) HelpText(ctx context.Context, area string) (text string, err error) {
	err = s.Store.Read(ctx, func(ctx context.Context, snap store.Snapshot) error {
		desk, err := find(ctx, snap, area)
		text = desk.GetHelpText()
		return err
	})
	return text, err
}

// find reads one; nil: it offers nothing.
func find(ctx context.Context, snap store.Snapshot, area string) (*ksv1.SupportDesk, error) {
	text, err := snap.Meta(ctx, setting(area))
	if err != nil || text == "" {
		return nil, err
	}
	desk := &ksv1.SupportDesk{}
	if err := (protojson.UnmarshalOptions{DiscardUnknown: true}).Unmarshal([]byte(text), desk); err != nil {
		return nil, fmt.Errorf("decode %s: %w", setting(area), err)
	}
	desk.Area, desk.AreaName = area, "Indonesia" // a decree may have renumbered it since it was set
	if area != Nation {
		node, err := snap.FindArea(ctx, area)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return nil, err
		}
		desk.AreaName = node.Name
	}
	return desk, nil
}

// Set replaces a desk as a caller and gives it as kept. Errors: ErrForbidden,
// *InvalidError, store.ErrNotFound for a district that is not in the tree.
func (s *Service) Set(ctx context.Context, c *access.Caller, desk *ksv1.SupportDesk) (*ksv1.SupportDesk, error) {
	code := desk.GetArea()
	if code == Nation {
		code = ""
	}
	if !c.MaySetSupport(code) {
		return nil, ErrForbidden
	}
	return s.Put(ctx, desk)
}

// Put replaces a desk, whoever asks. Errors: as Set, but for ErrForbidden.
func (s *Service) Put(ctx context.Context, desk *ksv1.SupportDesk) (*ksv1.SupportDesk, error) {
	kept := &ksv1.SupportDesk{Area: desk.GetArea(), HelpText: strings.TrimSpace(desk.GetHelpText()), UpdatedAtMs: uint64(s.Now().UnixMilli())}
	if len(desk.GetContacts()) > maxContacts {
		return nil, &InvalidError{"contacts", fmt.Sprintf("at most %d", maxContacts), fmt.Sprintf("Paling banyak %d kontak.", maxContacts)}
	}
	for i, contact := range desk.GetContacts() {
		normal, wrong := Normal(contact)
		if len(wrong) > 0 {
			return nil, &InvalidError{fmt.Sprintf("contacts[%d].%s", i, wrong[0].Field), wrong[0].Problem, wrong[0].Text}
		}
		kept.Contacts = append(kept.Contacts, normal)
	}
	text := ""
	if len(kept.Contacts) > 0 || kept.HelpText != "" {
		data, err := protojson.Marshal(kept)
		if err != nil {
			return nil, fmt.Errorf("encode contacts: %w", err)
		}
		text = string(data)
	}
	err := s.Store.Write(ctx, func(ctx context.Context, tx store.Tx) error {
		if kept.Area != Nation {
			node, err := tx.Snapshot().FindArea(ctx, kept.Area)
			if err != nil {
				return fmt.Errorf("area %s: %w", kept.Area, err)
			}
			kept.AreaName = node.Name
		}
		return tx.Directory().PutMeta(ctx, setting(kept.Area), text)
	})
	return kept, err
}

// Digits of a mobile number with its 0 (the ministry's list has 11 to 13).
const (
	mobileDigitsMin = 11
	mobileDigitsMax = 13
)

// Normal gives a contact in its one form, and all that is wrong with it.
func Normal(contact *ksv1.SupportContact) (*ksv1.SupportContact, []InvalidError) {
	var wrong []InvalidError
	out := proto.CloneOf(contact)
	out.Name, out.Hours = strings.TrimSpace(contact.GetName()), strings.TrimSpace(contact.GetHours())
	if out.Name == "" {
		wrong = append(wrong, InvalidError{"name", "missing", "Wajib diisi."})
	}
	for _, x := range []struct {
		field, text string
		most        int
	}{{"name", out.Name, 200}, {"hours", out.Hours, 200}, {"email", contact.GetEmail(), 254}} {
		if len([]rune(x.text)) > x.most {
			wrong = append(wrong, InvalidError{x.field, fmt.Sprintf("more than %d characters", x.most), fmt.Sprintf("Paling banyak %d huruf.", x.most)})
		}
		if !shape.IsLine(x.text) {
			wrong = append(wrong, InvalidError{x.field, "holds a control character", "Hapus tanda yang tidak terbaca."})
		}
	}
	if telephone := strings.TrimSpace(contact.GetTelephone()); telephone != "" {
		number, err := prokesga.NormalizePhone(telephone)
		if err == nil {
			err = checkMobile(number)
		}
		if err != nil {
			wrong = append(wrong, InvalidError{"telephone", err.Error(), "Nomor telepon tidak benar; contoh: 0812 3456 7890."})
		}
		out.Telephone = number
	}
	if email := strings.TrimSpace(contact.GetEmail()); email != "" {
		address, err := mail.ParseAddress(email)
		if err != nil || address.Name != "" || address.Address != email {
			wrong = append(wrong, InvalidError{"email", "not an address such as nama@contoh.go.id", "Alamat surel tidak benar; contoh: nama@contoh.go.id."})
		}
		out.Email = email
	}
	if strings.TrimSpace(contact.GetTelephone()) == "" && out.GetEmail() == "" {
		wrong = append(wrong, InvalidError{"telephone", "neither telephone nor e-mail", "Isi nomor telepon atau surel."})
	}
	return out, wrong
}

func checkMobile(number string) error {
	national, mobile := strings.CutPrefix(number, "+628")
	if !mobile {
		return nil
	}
	if n := len("08") + len(national); n < mobileDigitsMin || n > mobileDigitsMax {
		return fmt.Errorf("a mobile number of %d digits; they have %d to %d", n, mobileDigitsMin, mobileDigitsMax)
	}
	return nil
}
