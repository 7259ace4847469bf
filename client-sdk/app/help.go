package app

import (
	"context"

	devicev1 "github.com/keluarga-sehat/sync/proto/keluargasehat/device/v1"
)

// helpService is HelpService over the SDK.
type helpService struct {
	devicev1.UnimplementedHelpServiceServer
	app *App
}

// ListContacts lists whom to ask; nobody need be signed in.
func (s helpService) ListContacts(context.Context, *devicev1.ListContactsRequest) (*devicev1.ListContactsResponse, error) {
	s.app.mu.Lock()
	client := s.app.client
	s.app.mu.Unlock()
	if client == nil {
		return &devicev1.ListContactsResponse{}, nil
	}
	desks, err := client.Contacts()
	if err != nil {
		return nil, statusOf(err)
	}
	return &devicev1.ListContactsResponse{Desks: desks}, nil
}
