package api

import (
	"context"
	"errors"
	"log/slog"

	"google.golang.org/grpc/codes"

	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/internal/prokesga"
	"github.com/keluarga-sehat/sync/internal/syncing"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/dukcapil"
)

type civilRegistryService struct {
	ksv1.UnimplementedCivilRegistryServiceServer
	services *Services
}

func (s civilRegistryService) LookUpPerson(ctx context.Context, r *ksv1.LookUpPersonRequest) (*ksv1.LookUpPersonResponse, error) {
	serves, err := lookUpFor(r.GetServes())
	if err != nil {
		return nil, err
	}
	person, err := s.services.LookUps.Person(ctx, callerOf(ctx), prokesga.NIK(r.GetNik()), serves)
	return &ksv1.LookUpPersonResponse{Person: person}, err
}

func (s civilRegistryService) LookUpFamilyCard(ctx context.Context, r *ksv1.LookUpFamilyCardRequest) (*ksv1.LookUpFamilyCardResponse, error) {
	serves, err := lookUpFor(r.GetServes())
	if err != nil {
		return nil, err
	}
	card, err := s.services.LookUps.FamilyCard(ctx, callerOf(ctx), prokesga.NKK(r.GetNkk()), serves)
	if err != nil {
		return nil, err
	}
	return &ksv1.LookUpFamilyCardResponse{Persons: card.Persons, LeftOut: uint32(card.LeftOut)}, nil
}

func lookUpFor(f *ksv1.LookUpFor) (out dukcapil.For, err error) {
	if out.Family, err = merge.ParseID(f.GetFamilyId()); err != nil {
		return out, &errBadRequest{"serves.family_id", "is no UUID", textStale}
	}
	out.Purpose = f.GetPurpose()
	out.Area, err = parseArea("serves.area", f.GetArea())
	return out, err
}

// lookUpStatus is the status of a look-up that is to be tried again later; nil:
// it is another error. What the cause says stays in the log.
func lookUpStatus(ctx context.Context, log *slog.Logger, method string, err error) error {
	var full *dukcapil.QuotaError
	if errors.As(err, &full) {
		if full.Whose == dukcapil.OfRegistry {
			log.WarnContext(ctx, "civil registry says that this server's quota is used up", "method", method)
		}
		return build(codes.ResourceExhausted, syncing.ReasonLookUpQuota, full.Error(),
			"Kuota pencarian data kependudukan hari ini sudah habis. Isilah anggota keluarga secara manual, atau coba lagi besok.",
			retryIn(full.Wait))
	}
	var down *dukcapil.UnavailableError
	if errors.As(err, &down) {
		log.WarnContext(ctx, "civil registry unavailable", "method", method, "error", down.Cause)
		return build(codes.Unavailable, syncing.ReasonLookUpUnavailable, "the civil registry is unavailable",
			"Layanan Dukcapil sedang tidak dapat dihubungi. Isilah anggota keluarga secara manual; data tetap aman.",
			retryIn(down.Wait))
	}
	if errors.Is(err, dukcapil.ErrRefused) {
		log.ErrorContext(ctx, "civil registry refused", "method", method, "error", err)
	}
	return nil
}
