// Asks over NATS and prints the answer while it is written. Ctrl-C stops the model.
//
//	go mod init example && go get github.com/nats-io/nats.go github.com/google/uuid \
//	    github.com/vmihailenco/msgpack/v5
//	go run nats_chat.go "Why is the sky blue?"
package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"time"

	"github.com/google/uuid"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/vmihailenco/msgpack/v5"
)

const (
	userID = "u1"
	// An answer of which nothing comes for longer is given up.
	idle = 60 * time.Second
)

// Request has the fields that must be there; all others are optional.
type Request struct {
	RequestID string `msgpack:"request_id"`
	UserID    string `msgpack:"user_id"`
	Message   string `msgpack:"message"`
}

// Chunk is a piece of an answer. Fields that are not named here are ignored.
type Chunk struct {
	Type    string `msgpack:"type"`
	Content string `msgpack:"content"`
	Done    bool   `msgpack:"done"`
	Seq     int64  `msgpack:"seq"`
	Code    string `msgpack:"code"`
}

func ask(ctx context.Context, nc *nats.Conn, question string) (err error) {
	js, err := jetstream.New(nc)
	if err != nil {
		return err
	}
	id := uuid.NewString()
	// Subscribe first: what comes before one listens is not heard.
	chunks, err := nc.SubscribeSync("ai.chat.response.stream." + id)
	if err != nil {
		return err
	}
	request, err := msgpack.Marshal(Request{RequestID: id, UserID: userID, Message: question})
	if err != nil {
		return err
	}
	finished := false
	defer func() {
		if !finished {
			err = errors.Join(err, nc.Publish("ai.cancel."+id, nil), nc.Flush())
		}
	}()
	// With an acknowledgement: the request is on disk then. The id makes a second try harmless.
	subject := "ai.chat.user." + userID + ".message"
	if _, err := js.Publish(ctx, subject, request, jetstream.WithMsgID(id+".request")); err != nil {
		return err
	}
	for awaited := int64(0); !finished; {
		waiting, stop := context.WithTimeout(ctx, idle)
		message, err := chunks.NextMsgWithContext(waiting)
		stop()
		if err != nil {
			return err
		}
		var chunk Chunk
		if err := msgpack.Unmarshal(message.Data, &chunk); err != nil {
			return err
		}
		if chunk.Seq < awaited {
			continue // stale, or heard before
		}
		if chunk.Seq > awaited && chunk.Type != "restart" {
			return errors.New("a chunk was missed: read the whole answer instead")
		}
		awaited = chunk.Seq + 1
		finished = chunk.Done
		switch chunk.Type {
		case "error":
			return fmt.Errorf("%s: %s", chunk.Code, chunk.Content)
		case "restart":
			fmt.Print("\n[once more] ")
		}
		fmt.Print(chunk.Content)
	}
	fmt.Println()
	return nil
}

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: nats_chat QUESTION")
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	nc, err := nats.Connect(cmp.Or(os.Getenv("NATS_URL"), nats.DefaultURL))
	if err == nil {
		defer nc.Close()
		err = ask(ctx, nc, os.Args[1])
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}
