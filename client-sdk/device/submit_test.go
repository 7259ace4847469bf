package device

import (
	"errors"
	"strings"
	"testing"

	"buf.build/gen/go/bufbuild/protovalidate/protocolbuffers/go/buf/validate"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/internal/syncing"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

func rulesOf(t *testing.T, m proto.Message, field string) *validate.FieldRules {
	t.Helper()
	fd := m.ProtoReflect().Descriptor().Fields().ByName(protoreflect.Name(field))
	rules, ok := proto.GetExtension(fd.Options(), validate.E_Field).(*validate.FieldRules)
	if !ok {
		t.Fatalf("%s has no rules", fd.FullName())
	}
	return rules
}

func TestLimitsOfReviewAreTheContracts(t *testing.T) {
	t.Parallel()
	for _, m := range []proto.Message{&ksv1.BatchSubmission{}, &ksv1.ReviewDecision{}} {
		if n := rulesOf(t, m, "note").GetString().GetMaxLen(); n != NoteCharacters {
			t.Errorf("note of %T: %d", m, n)
		}
	}
	if n := rulesOf(t, &ksv1.BatchSubmission{}, "family_ids").GetRepeated().GetMaxItems(); n != BatchFamilies {
		t.Errorf("families of a batch: %d", n)
	}
}

func TestABatchOverTheLimitsIsRefusedAtOnce(t *testing.T) {
	t.Parallel()
	s, id := withOneSave(t, testOptions(t))
	if _, err := s.Submit(t.Context(), []merge.ID{id}, strings.Repeat("é", NoteCharacters+1)); !errors.Is(err, ErrNoteTooLong) {
		t.Errorf("a note that is too long: %v", err)
	}
	if _, err := s.Submit(t.Context(), make([]merge.ID, BatchFamilies+1), ""); !errors.Is(err, ErrTooManyFamilies) {
		t.Errorf("too many families: %v", err)
	}
	if _, err := s.Submit(t.Context(), []merge.ID{id}, strings.Repeat("é", NoteCharacters)); err != nil {
		t.Errorf("as long as may be: %v", err)
	}
}

func TestSubmissionsAreSentPageByPage(t *testing.T) {
	t.Parallel()
	s, id := withOneSave(t, testOptions(t))
	const batches = 100
	var want []merge.ID
	for range batches {
		batch, err := s.Submit(t.Context(), []merge.ID{id}, strings.Repeat("é", NoteCharacters))
		if err != nil {
			t.Fatal(err)
		}
		want = append(want, batch)
	}
	if _, err := s.openSession(t.Context(), ""); err != nil {
		t.Fatal(err)
	}
	var got []merge.ID
	for {
		page, err := s.readPending(t.Context(), syncing.ChunkBytes)
		if err != nil {
			t.Fatal(err)
		}
		if size := proto.Size(page); size > syncing.ChunkBytes {
			t.Errorf("a page of %d bytes", size)
		}
		if len(page.GetChanges())+len(page.GetSubmissions()) == 0 {
			break
		}
		for _, b := range page.GetSubmissions() {
			got = append(got, toID(b.GetId()))
		}
	}
	if len(got) != len(want) || got[0] != want[0] || got[batches-1] != want[batches-1] {
		t.Errorf("%d of %d batches are sent", len(got), len(want))
	}
}
