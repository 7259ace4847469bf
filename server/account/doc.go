// Package account is how people come to have accounts and lose them: issue with
// a one-time code, activation by the person alone, passwords that nobody else
// learns, staff of a Puskesmas with their cards, areas of surveyors, acting
// supervisors, devices and sessions, and who has what.
//
// An account without a password waits for activation. A one-time code is stored
// only as a hash and shown once, on the card or guide that is made with it; a
// reset issues a new one and ends every session.
package account
