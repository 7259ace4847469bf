package main

import "github.com/spf13/cobra"

func deviceCommands() []*cobra.Command { return nil }
