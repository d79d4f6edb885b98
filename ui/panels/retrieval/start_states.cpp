// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/retrieval/start_states.h"

#include "ui/models/run_words.h"
#include "ui/panels/retrieval/demo_import.h"
#include "ui/panels/retrieval/index_store.h"
#include "ui/panels/retrieval/index_view.h"

namespace switchyard::ui {
namespace {

StartContent readyContent(const IndexStore& store, bool by_picture) {
    const QString of = StartPane::tr("%1 pictures of %2 are ready.")
                           .arg(number(static_cast<double>(store.facts().pictures), 0), store.dataName());
    if (by_picture) {
        return {QStringLiteral("image"),
                StartPane::tr("Search with a picture"),
                of + u' ' + StartPane::tr("Drop a picture anywhere on this page, or paste one with Ctrl+V."),
                StartPane::tr("Choose a file"),
                {}};
    }
    return {QStringLiteral("search"),
            StartPane::tr("Describe what to look for"),
            of + u' ' + StartPane::tr("Type a few words and press Enter, or drop a picture to find texts for it."),
            {},
            {}};
}

StartContent buildingContent(const IndexStore& store, const QString& waiting) {
    StartContent content;
    content.icon = QStringLiteral("state-starting");
    content.title = StartPane::tr("Building the index of %1").arg(store.dataName());
    if (!waiting.isEmpty()) content.sentence = StartPane::tr("Searches “%1” when it is ready.").arg(waiting);
    content.progress = buildFraction(store);
    content.done = buildCount(store);
    content.left = buildSpeed(store);
    content.action = StartPane::tr("Cancel");
    content.accessible_action = StartPane::tr("Cancel building the index");
    return content;
}

}  // namespace

StartContent indexContent(const IndexStore& store, const QString& checkpoint, bool demo_data, const QString& waiting,
                          bool by_picture) {
    const QString choose = StartPane::tr("Choose data…"), icon = QStringLiteral("retrieval");
    const QString then = waiting.isEmpty() ? QString() : u' ' + StartPane::tr("Searches “%1” when it is ready.").arg(waiting);
    switch (store.state()) {
        case IndexState::kNothing:
            return {icon,
                    StartPane::tr("No checkpoint yet"),
                    StartPane::tr("Searching needs a trained model. Run a configuration to its first checkpoint; it is listed "
                       "here then."),
                    StartPane::tr("Configure a run"),
                    {}};
        case IndexState::kNoData:
            if (demo_data) {
                return {QStringLiteral("image"), StartPane::tr("The demo pictures are not imported"),
                        StartPane::tr("Emoji and drawings with their names come from the Debian packages fonts-noto-color-emoji, "
                           "unicode-cldr-core and tuxpaint-stamps-default. Importing takes less than a minute."),
                        StartPane::tr("Import pictures"), choose};
            }
            return {QStringLiteral("image"), StartPane::tr("The data is not there"), StartPane::tr("%1 can not be found.").arg(store.data()),
                    choose, StartPane::tr("Use the demo pictures")};
        case IndexState::kMissing:
            return {icon, StartPane::tr("No index of %1 yet").arg(store.dataName()),
                    store.facts().begun > 0
                        ? StartPane::tr("%1 of its pictures are embedded already; building goes on behind them.")
                                  .arg(number(static_cast<double>(store.facts().begun), 0)) +
                              then
                        : StartPane::tr("Its pictures and captions are embedded once with %1, then every search is fast.")
                                  .arg(checkpoint) +
                              then,
                    store.facts().begun > 0 ? StartPane::tr("Continue building") : StartPane::tr("Build index"), choose};
        case IndexState::kOtherModel:
            return {QStringLiteral("warning"), StartPane::tr("The index was made with other weights"),
                    StartPane::tr("%1 has changed since the index of %2 was made. Build it anew to search.")
                            .arg(checkpoint, store.dataName()) +
                        then,
                    StartPane::tr("Rebuild index"), choose};
        case IndexState::kBuilding:
            return buildingContent(store, waiting);
        case IndexState::kReady:
            return readyContent(store, by_picture);
        case IndexState::kChecking:
            break;
    }
    return {};
}

StartContent importContent(const DemoImport& import) {
    StartContent content;
    content.icon = QStringLiteral("state-starting");
    content.title = import.source().isEmpty() ? StartPane::tr("Training the tokenizer") : StartPane::tr("Importing %1").arg(import.source());
    content.progress =
        import.total() > 0 ? static_cast<double>(import.done()) / static_cast<double>(import.total()) : 0;
    if (import.total() > 0) {
        content.done =
            StartPane::tr("%1 of %2")
                .arg(number(static_cast<double>(import.done()), 0), number(static_cast<double>(import.total()), 0));
    }
    if (import.secondsLeft() >= 0) content.left = StartPane::tr("%1 left").arg(duration(import.secondsLeft()));
    content.action = StartPane::tr("Cancel");
    content.accessible_action = StartPane::tr("Cancel the import");
    return content;
}

StartContent searchingContent() {
    return {
        QStringLiteral("state-starting"), StartPane::tr("Searching"), StartPane::tr("The first search loads the model."), StartPane::tr("Cancel"), {},
        StartPane::tr("Cancel the search")};
}

}  // namespace switchyard::ui
