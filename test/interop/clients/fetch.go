// GETs by net/http: prints status and title, or the failure.

package main

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"regexp"
)

var title = regexp.MustCompile("<title>(.*)</title>")

func main() {
	for _, url := range os.Args[1:] {
		response, err := http.Get(url)
		if err != nil {
			fmt.Println(url, "refused", err)
			continue
		}
		body, _ := io.ReadAll(response.Body)
		found := title.FindSubmatch(body)
		if found == nil {
			found = [][]byte{nil, nil}
		}
		fmt.Println(url, response.StatusCode, response.Proto, string(found[1]))
	}
}
