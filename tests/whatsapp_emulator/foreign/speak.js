// Speaks to the emulator through a client that knows only Meta; prints what came of it as JSON.
import { readFileSync } from "node:fs";
import { WhatsAppClient } from "@kapso/whatsapp-cloud-api";
import { normalizeWebhook, verifySignature } from "@kapso/whatsapp-cloud-api/server";

const given = JSON.parse(readFileSync(0, "utf8"));
const client = new WhatsAppClient({
  accessToken: given.token,
  baseUrl: given.url,
  graphVersion: "v26.0",
});
const to = { phoneNumberId: given.number, to: given.to };
const id = (answer) => answer.messages[0].id;

const acts = {
  async send() {
    const png = new Blob([Buffer.from(given.png, "base64")], { type: "image/png" });
    const uploaded = await client.media.upload({
      phoneNumberId: given.number, type: "image", file: png, fileName: "foto.png",
    });
    const bytes = await client.media.download({ mediaId: uploaded.id, auth: "always" });
    return {
      text: id(await client.messages.sendText({ ...to, body: "Buongiorno" })),
      image: id(await client.messages.sendImage({ ...to, image: { id: uploaded.id } })),
      interactive: id(
        await client.messages.sendInteractiveButtons({
          ...to, bodyText: "Va bene?", buttons: [{ id: "si", title: "Sì" }, { id: "no", title: "No" }],
        }),
      ),
      template: id(
        await client.messages.sendTemplate({
          ...to,
          template: {
            name: "promemoria_v1",
            language: { code: "it" },
            components: [
              { type: "body", parameters: [{ type: "text", text: "Anna" }, { type: "text", text: "9" }] },
            ],
          },
        }),
      ),
      downloaded: Buffer.from(bytes).toString("base64") === given.png,
    };
  },
  async receive() {
    const good = given.posts.map(({ raw, signature }) =>
      verifySignature({ appSecret: given.secret, rawBody: Buffer.from(raw, "base64"), signatureHeader: signature }),
    );
    const bad = given.posts.map(({ raw, signature }) =>
      verifySignature({ appSecret: "another", rawBody: Buffer.from(raw, "base64"), signatureHeader: signature }),
    );
    const read = given.posts.map(({ raw }) => normalizeWebhook(JSON.parse(Buffer.from(raw, "base64").toString())));
    return {
      good, bad,
      texts: read.flatMap((r) => r.messages.map((m) => m.text?.body)),
      statuses: read.flatMap((r) => r.statuses.map((s) => s.status)),
    };
  },
};

process.stdout.write(JSON.stringify(await acts[given.act]()));
