// Writes the Python SDK of a Pulumi package with Pulumi's own generator.
//
//	pulumi-sdk-python LOADER DIRECTORY < request.json
//
// LOADER is the address of the engine's schema loader. The request holds the package's schema and the files that go
// beside what is generated. What the schema gets wrong is printed, and ends it with exit code 1.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/pulumi/pulumi/pkg/v3/codegen/python"
	"github.com/pulumi/pulumi/pkg/v3/codegen/schema"
)

type request struct {
	Schema     schema.PackageSpec
	ExtraFiles map[string][]byte
}

func generate(address, directory string) error {
	var asked request
	if err := json.NewDecoder(os.Stdin).Decode(&asked); err != nil {
		return err
	}
	loader, err := schema.NewLoaderClient(address)
	if err != nil {
		return err
	}
	options := schema.ValidationOptions{AllowDanglingReferences: true}
	bound, found, err := schema.BindSpec(asked.Schema, loader, options)
	if err != nil {
		return err
	}
	if found.HasErrors() {
		return errors.Join(found.Errs()...)
	}
	files, err := python.GeneratePackage("pulumi-language-python", bound, asked.ExtraFiles, loader)
	if err != nil {
		return err
	}
	for name, content := range files {
		path := filepath.Join(directory, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, content, 0o644); err != nil {
			return err
		}
	}
	return nil
}

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: pulumi-sdk-python LOADER DIRECTORY < request.json")
		os.Exit(2)
	}
	if err := generate(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
