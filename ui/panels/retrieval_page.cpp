// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/retrieval_page.h"

#include <QClipboard>
#include <QDesktopServices>
#include <QFileInfo>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QSettings>
#include <QShortcut>
#include <QStackedWidget>
#include <QUrl>
#include <QVBoxLayout>
#include <utility>

#include "core/base/util/paths.h"
#include "ui/models/run_words.h"
#include "ui/panels/retrieval/demo_import.h"
#include "ui/panels/retrieval/hit_panel.h"
#include "ui/panels/retrieval/index_store.h"
#include "ui/panels/retrieval/index_view.h"
#include "ui/panels/retrieval/join_row.h"
#include "ui/panels/retrieval/page_settings.h"
#include "ui/panels/retrieval/query_panel.h"
#include "ui/panels/retrieval/results_view.h"
#include "ui/panels/retrieval/routes_beside.h"
#include "ui/panels/retrieval/search_bar.h"
#include "ui/panels/retrieval/searcher.h"
#include "ui/panels/retrieval/start_states.h"
#include "ui/panels/retrieval/why_view.h"
#include "ui/panels/shared/checkpoint_combo.h"
#include "ui/panels/shared/drop_zone.h"
#include "ui/panels/shared/picture_intake.h"
#include "ui/widgets/message_banner.h"
#include "ui/widgets/picture_loader.h"
#include "ui/widgets/tile_view.h"

namespace switchyard::ui {

RetrievalPage::RetrievalPage(AppContext& context, QWidget* parent)
    : Page(context, parent), pictures_(std::make_unique<PictureLoader>()) {
    store_ = new IndexStore(context.inference(), this);
    searcher_ = new Searcher(context.inference(), this);
    import_ = new DemoImport(DemoImport::debianSources(), this);
    history_ = new QueryHistory(retrievalSettings(), this);
    makeParts();
    wireSearch();
    wireIndex();
    wireImport();
    showState();
}

RetrievalPage::~RetrievalPage() {
    // They look at what dies with this page, whoever owns them by now.
    delete actions_;
    delete queries_;
    delete hit_panel_;
}

void RetrievalPage::makeParts() {
    banner_ = new MessageBanner(this);
    bar_ = new SearchBar(this);
    const QSettings settings(retrievalSettings(), QSettings::IniFormat);
    bar_->setOptions(settings.value(kCountKey).toInt(), settings.value(kRerankKey).toBool(),
                     settings.value(kFoldKey, true).toBool());
    store_->setMethod(settings.value(kMethodKey, QStringLiteral("auto")).toString());
    stack_ = new QStackedWidget(this);
    start_ = new StartPane(stack_);
    results_ = new ResultsView(*pictures_, stack_);
    stack_->addWidget(start_);
    stack_->addWidget(results_);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(banner_);
    column->addWidget(bar_);
    column->addWidget(stack_, 1);

    checkpoints_ = new CheckpointCombo(context());
    actions_ = new QWidget;
    auto* row = new QHBoxLayout(actions_);
    row->setContentsMargins(0, 0, 12, 0);
    row->setSpacing(8);
    auto* label = new QLabel(tr("Checkpoint"));
    label->setProperty("role", "muted");
    label->setBuddy(checkpoints_);
    row->addWidget(label);
    row->addWidget(checkpoints_);
    queries_ = new QueryPanel(*history_, *store_);
    hit_panel_ = new HitPanel(*pictures_);
    why_ = new WhyView(context().inference());
    hit_panel_->addBelow(why_);
    routes_ = new RoutesBeside(context().inference());
    hit_panel_->addBelow(routes_);
}

QWidget* RetrievalPage::pageActions() {
    return actions_;
}
QWidget* RetrievalPage::sidePanel() {
    return queries_;
}
QWidget* RetrievalPage::inspectorPanel() {
    return hit_panel_;
}

void RetrievalPage::startImport() {
    banner_->hide();
    import_->start(DemoImport::defaultFolder());
}

void RetrievalPage::showEvent(QShowEvent* event) {
    Page::showEvent(event);
    if (std::exchange(shown_, true) || checkpoints_ == nullptr) return;
    checkpoints_->start();
    bar_->field()->setFocus();
}

void RetrievalPage::checkpointChanged() {
    const CheckpointEntry& chosen = checkpoints_->chosen();
    if (queries_ != nullptr) queries_->indexView()->setCheckpointName(chosen.label);
    searcher_->cancel();
    has_result_ = false;
    pending_ = !query_.isEmpty();
    banner_->hide();
    const QString file =
        QSettings(retrievalSettings(), QSettings::IniFormat).value(kDataKey, demoPictures()).toString();
    store_->setSource(chosen.folder, file);
    showState();
}

void RetrievalPage::setData(const QString& source) {
    QSettings(retrievalSettings(), QSettings::IniFormat).setValue(kDataKey, source);
    if (source == store_->data()) return store_->check();  // it may be there by now
    checkpointChanged();
}

void RetrievalPage::search(const RetrievalQuery& query) {
    if (query.isEmpty()) return;
    query_ = query;
    if (query.hasImage()) last_image_ = {{}, query.image, query.pictures};
    if (!query.text.isEmpty()) bar_->setText(query.text);
    bar_->join()->set(query.isJoined(), query.isJoined() ? query.image_percent : bar_->join()->imagePercent());
    bar_->setMode(!query.text.isEmpty() ? SearchBar::kTextToImage
                  : query.pictures      ? SearchBar::kImageToImage
                                        : SearchBar::kImageToText);
    bar_->setPicture(last_image_.label());
    runQuery();
}

/// The text, together with the last picture when the person has ticked that.
void RetrievalPage::submit() {
    if (!bar_->join()->joined() || last_image_.isEmpty()) return search({bar_->text(), {}});
    search({bar_->text(), last_image_.image, false, bar_->join()->imagePercent()});
}

/// A picture that was dropped or chosen: joined with the text that is searched with, when that is ticked; else alone.
RetrievalQuery RetrievalPage::pictureQuery(const QString& file) const {
    const bool join = bar_->mode() == SearchBar::kTextToImage && bar_->join()->isVisible() && bar_->join()->joined();
    if (join && !bar_->text().isEmpty()) return {bar_->text(), file, false, bar_->join()->imagePercent()};
    return {{}, file, bar_->mode() == SearchBar::kImageToImage};
}

void RetrievalPage::runQuery() {
    if (query_.isEmpty()) return;
    banner_->hide();
    if (!store_->searchable()) {
        pending_ = true;
        return showState();
    }
    searcher_->search(query_, {store_->folder(), store_->checkpoint(), bar_->count(), bar_->rerank(), bar_->fold()});
}

void RetrievalPage::changeMode() {
    const bool image = bar_->mode() != SearchBar::kTextToImage;
    if (!image && !bar_->text().isEmpty()) return submit();
    if (image && !last_image_.isEmpty()) return search(pictureQuery(last_image_.image));
    searcher_->cancel();
    query_ = {};
    has_result_ = pending_ = false;
    showState();
}

void RetrievalPage::takeResult(const RetrievalResult& result) {
    has_result_ = true;
    results_->setResult(result);
    history_->add(result);
    if (queries_ != nullptr) queries_->setCurrent(result.query);
    showState();
}

void RetrievalPage::useHit(int row) {
    const RetrievalResult& result = results_->hits().result();
    if (row < 0 || row >= result.hits.size()) return;
    const RetrievalHit hit = result.hits[row];
    if (result.query.findsTexts())
        search({hit.text, {}});
    else
        search({{}, hit.image, bar_->mode() == SearchBar::kImageToImage});
}

void RetrievalPage::showHit(int row) {
    if (hit_panel_ == nullptr) return;
    const RetrievalResult result = row < 0 ? RetrievalResult() : results_->hits().result();
    hit_panel_->setHit(result, row);
    why_->setHit(store_->checkpoint(), result, row);
    routes_->setHit(store_->checkpoint(), result, row);
}

void RetrievalPage::openHitFolder() {
    const int row = results_->currentRow();
    if (row >= 0) QDesktopServices::openUrl(QUrl::fromLocalFile(QFileInfo(results_->hits().hit(row).image).path()));
}

void RetrievalPage::showFailure(const Failure& failure, std::function<void()> again) {
    banner_->showMessage(MessageBanner::Kind::kDanger, failure.sentence().toHtmlEscaped(),
                         again ? tr("Try again") : QString(), [this, again] {
                             banner_->hide();
                             again();
                         });
    context().report(QStringLiteral("error"), failure.sentence());
}

void RetrievalPage::cancelWork() {
    pending_ = false;
    if (import_->running())
        import_->cancel();
    else if (store_->state() == IndexState::kBuilding)
        store_->cancelBuild();
    else
        searcher_->cancel();
    showState();
}

void RetrievalPage::startAction() {
    if (import_->running() || searcher_->running()) return cancelWork();
    switch (store_->state()) {
        case IndexState::kNothing:
            return context().showPage(QStringLiteral("configure"));
        case IndexState::kNoData:
            return store_->data() == demoPictures() ? startImport() : chooseData();
        case IndexState::kMissing:
        case IndexState::kOtherModel:
            return store_->build();
        case IndexState::kBuilding:
            return cancelWork();
        case IndexState::kReady:
            return choosePicture();
        case IndexState::kChecking:
            return;
    }
}

void RetrievalPage::showState() {
    // Old hits stay while others are searched for, and when that fails; a query that waits for a build says so.
    const bool same = results_->hits().result().query == query_;
    const bool fits = store_->searchable() || store_->state() == IndexState::kChecking ||
                      (store_->state() == IndexState::kBuilding && same);
    if (has_result_ && fits && !import_->running()) {
        stack_->setCurrentWidget(results_);
        return;
    }
    StartContent content;
    if (import_->running()) {
        content = importContent(*import_);
    } else if (store_->state() == IndexState::kChecking ||
               (store_->state() == IndexState::kNothing && !checkpoints_->listed())) {
        if (stack_->currentWidget() == start_) return;
    } else {
        const QString waiting = pending_ ? query_.label() : QString();
        content = searcher_->running()
                      ? searchingContent()
                      : indexContent(*store_, checkpoints_->chosen().label, store_->data() == demoPictures(), waiting,
                                     bar_->mode() != SearchBar::kTextToImage);
    }
    start_->setContent(content);
    stack_->setCurrentWidget(start_);
    showHit(-1);
}

}  // namespace switchyard::ui
