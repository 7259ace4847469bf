package api

import (
	"log/slog"
	"time"

	"google.golang.org/grpc"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/account"
	"github.com/keluarga-sehat/sync/server/auth"
	"github.com/keluarga-sehat/sync/server/desk"
	"github.com/keluarga-sehat/sync/server/dukcapil"
	"github.com/keluarga-sehat/sync/server/ingest"
	"github.com/keluarga-sehat/sync/server/past"
	"github.com/keluarga-sehat/sync/server/registration"
	"github.com/keluarga-sehat/sync/server/session"
	"github.com/keluarga-sehat/sync/server/store"
	"github.com/keluarga-sehat/sync/server/support"
	"github.com/keluarga-sehat/sync/server/tally"
	"github.com/keluarga-sehat/sync/server/veil"
)

// Services are the RPCs. All fields must be set but Receivers.
type Services struct {
	Auth    *auth.Service
	Store   store.Store
	Vault   *ingest.Vault
	Backend *session.Backend
	Board   *tally.Board
	// Past adds up days that are over, of the same store and board.
	Past *past.Days
	// Veil tells what of their figures is withheld, of the same store, board and days.
	Veil *veil.Keeper
	Log  *slog.Logger
	Now  func() time.Time
	// Accounts issues and manages accounts.
	Accounts *account.Service
	// Registrations carries the registration procedure out.
	Registrations *registration.Service
	// Desk makes changes at the server itself.
	Desk *desk.Desk
	// LookUps asks the civil registry.
	LookUps *dukcapil.Service
	// Support keeps contacts and help text.
	Support *support.Service
	// Receivers is the pace of who takes files; zero: the default.
	Receivers Pace

	// figureExports and familyExports are those under way.
	figureExports, familyExports exports
	interventions                interventions
}

// Register registers every service of the contract.
func (s *Services) Register(r grpc.ServiceRegistrar) {
	ksv1.RegisterAuthServiceServer(r, authService{services: s})
	ksv1.RegisterSyncServiceServer(r, syncService{services: s})
	ksv1.RegisterBackupServiceServer(r, backupService{services: s})
	ksv1.RegisterHandoverServiceServer(r, handoverService{services: s})
	ksv1.RegisterAreaServiceServer(r, areaService{services: s})
	ksv1.RegisterIndexServiceServer(r, indexService{services: s})
	ksv1.RegisterProgressServiceServer(r, progressService{services: s})
	ksv1.RegisterInterventionServiceServer(r, interventionService{services: s})
	ksv1.RegisterExportServiceServer(r, exportService{services: s})
	ksv1.RegisterFeedServiceServer(r, feedService{services: s})
	ksv1.RegisterReportServiceServer(r, reportService{services: s})
	ksv1.RegisterFamilyServiceServer(r, familyService{services: s})
	ksv1.RegisterFormServiceServer(r, formService{services: s})
	ksv1.RegisterReviewServiceServer(r, reviewService{services: s})
	ksv1.RegisterAccountServiceServer(r, accountService{services: s})
	ksv1.RegisterAuditServiceServer(r, auditService{services: s})
	ksv1.RegisterRegistrationServiceServer(r, registrationService{services: s})
	ksv1.RegisterCivilRegistryServiceServer(r, civilRegistryService{services: s})
	ksv1.RegisterSupportServiceServer(r, supportService{services: s})
}
