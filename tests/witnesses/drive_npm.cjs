// Drives the flow of the portal with the npm package braze-api; prints each answer as one line of JSON.
const { Braze } = require(`${process.env.WITNESS}/node_modules/braze-api`);

const braze = new Braze(process.env.BRAZE_URL, process.env.BRAZE_KEY);
const campaignId = "c0ffee00-0000-4000-8000-000000000001";
const email = {
  app_id: "c0ffee00-0000-4000-8000-000000000003",
  subject: "Latte art on Friday",
  from: "Northwind Coffee <hello@northwind.example>",
  body: "<html><body>Come in.</body></html>",
  message_variation_id: "c0ffee00-0000-4000-8000-000000000002",
};
const times = JSON.parse(process.env.TIMES);

async function main() {
  const answers = {};
  answers.track = await braze.users.track({
    attributes: [{ external_id: "user-1", first_name: "Ana", email: "ana@x.example" }],
  });
  answers.export = await braze.users.export.ids({
    external_ids: ["user-1", "ghost"],
    fields_to_export: ["email", "external_id", "first_name"],
  });
  answers.sendId = await braze.sends.id.create({ campaign_id: campaignId, send_id: "news-2026-11" });
  const schedule = {
    external_user_ids: ["user-1"],
    campaign_id: campaignId,
    send_id: "news-2026-11",
    schedule: { time: times.later },
    messages: { email },
  };
  answers.create = await braze.messages.schedule.create(schedule);
  answers.second = await braze.messages.schedule.create(schedule);
  const scheduleId = answers.create.schedule_id;
  answers.update = await braze.messages.schedule.update({ schedule_id: scheduleId, schedule: { time: times.soon } });
  answers.delete = await braze.messages.schedule.delete({ schedule_id: answers.second.schedule_id });
  answers.trigger = await braze.campaigns.trigger.send({
    campaign_id: "c0ffee00-0000-4000-8000-00000000000a",
    recipients: [{ external_user_id: "user-1", trigger_properties: { headline: "Hi" } }],
  });
  answers.segments = await braze.segments.list({ page: 0 });
  const segmentId = answers.segments.segments[0].id;
  answers.details = await braze.segments.details({ segment_id: segmentId });
  answers.analytics = await braze.segments.analytics({ segment_id: segmentId, length: 7 });
  process.stdout.write(JSON.stringify(answers));
}

main().catch((error) => {
  process.stderr.write(String(error && error.stack) + "\n");
  process.exit(1);
});
