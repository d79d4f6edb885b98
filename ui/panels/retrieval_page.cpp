// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/retrieval_page.h"

#include <QClipboard>
#include <QDesktopServices>
#include <QFileDialog>
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
#include "ui/panels/shared/checkpoint_combo.h"
#include "ui/panels/retrieval/demo_import.h"
#include "ui/panels/shared/drop_zone.h"
#include "ui/panels/retrieval/hit_panel.h"
#include "ui/panels/retrieval/index_store.h"
#include "ui/panels/retrieval/index_view.h"
#include "ui/panels/shared/picture_intake.h"
#include "ui/panels/retrieval/query_panel.h"
#include "ui/panels/retrieval/results_view.h"
#include "ui/panels/retrieval/search_bar.h"
#include "ui/panels/retrieval/searcher.h"
#include "ui/panels/retrieval/start_states.h"
#include "ui/widgets/message_banner.h"
#include "ui/widgets/picture_loader.h"
#include "ui/widgets/tile_view.h"

namespace switchyard::ui {
namespace {

const QString kDataKey = QStringLiteral("data"), kCountKey = QStringLiteral("count"),
              kRerankKey = QStringLiteral("rerank");

QString settingsFile() {
    return QString::fromStdString((configHome() / "retrieval.ini").string());
}
QString demoData() {
    return DemoImport::defaultFolder() + QStringLiteral("/train.jsonl");
}

}  // namespace

RetrievalPage::RetrievalPage(AppContext& context, QWidget* parent)
    : Page(context, parent), pictures_(std::make_unique<PictureLoader>()) {
    store_ = new IndexStore(context.inference(), this);
    searcher_ = new Searcher(context.inference(), this);
    import_ = new DemoImport(DemoImport::debianSources(), this);
    history_ = new QueryHistory(settingsFile(), this);
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
    banner_ = new MessageBanner;
    bar_ = new SearchBar;
    const QSettings settings(settingsFile(), QSettings::IniFormat);
    bar_->setOptions(settings.value(kCountKey).toInt(), settings.value(kRerankKey).toBool());
    start_ = new StartPane;
    results_ = new ResultsView(*pictures_);
    stack_ = new QStackedWidget;
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

void RetrievalPage::wireSearch() {
    connect(bar_, &SearchBar::textSubmitted, this, [this] { search({bar_->text(), {}}); });
    connect(bar_, &SearchBar::pictureSubmitted, this, [this] { search(last_image_); });
    connect(bar_, &SearchBar::modeChanged, this, &RetrievalPage::changeMode);
    connect(bar_, &SearchBar::optionsChanged, this, [this] {
        QSettings settings(settingsFile(), QSettings::IniFormat);
        settings.setValue(kCountKey, bar_->count());
        settings.setValue(kRerankKey, bar_->rerank());
        runQuery();
    });
    connect(bar_->dropZone(), &DropZone::browse, this, &RetrievalPage::choosePicture);
    auto* intake = new PictureIntake(this, bar_->field());
    connect(intake, &PictureIntake::hovering, bar_->dropZone(), &DropZone::setHot);
    connect(intake, &PictureIntake::picture, this, [this](const QString& file) { search({{}, file}); });
    connect(intake, &PictureIntake::failed, this, [this](const Failure& failure) { showFailure(failure, {}); });
    connect(bar_, &SearchBar::leaveDown, this, [this] {
        if (stack_->currentWidget() == results_) results_->focusHits();
    });
    auto* find = new QShortcut(QKeySequence::Find, this, nullptr, nullptr, Qt::WidgetWithChildrenShortcut);
    connect(find, &QShortcut::activated, this, [this] {
        bar_->field()->setFocus();
        bar_->field()->selectAll();
    });

    connect(searcher_, &Searcher::found, this, &RetrievalPage::takeResult);
    connect(searcher_, &Searcher::failed, this, [this](const Failure& failure) {
        showState();
        showFailure(failure, [this] { runQuery(); });
    });
    connect(searcher_, &Searcher::slow, this, [this](bool slow) {
        results_->setSlow(slow);
        if (!has_result_) showState();
    });
    connect(results_, &ResultsView::cancelled, this, &RetrievalPage::cancelWork);
    connect(results_, &ResultsView::currentChanged, this, [this](int row) {
        if (hit_panel_ != nullptr) hit_panel_->setHit(results_->hits().result(), row);
    });
    connect(results_, &ResultsView::chosen, this, &RetrievalPage::useHit);
    connect(results_, &ResultsView::opened, this, [this] {
        if (hit_panel_ != nullptr) hit_panel_->setEnlarged(!hit_panel_->enlarged());
    });
    connect(queries_, &QueryPanel::runAgain, this, &RetrievalPage::search);
    connect(hit_panel_, &HitPanel::useAsQuery, this, [this] { useHit(results_->currentRow()); });
    connect(hit_panel_, &HitPanel::openFolder, this, &RetrievalPage::openHitFolder);
    connect(hit_panel_, &HitPanel::copyScores, this, [this] {
        const RetrievalResult& result = results_->hits().result();
        QGuiApplication::clipboard()->setText(toTsv(result));
        context().report(QStringLiteral("info"),
                         tr("Copied the scores of %1").arg(countText(result.query.isImage(), result.hits.size())));
    });
}

void RetrievalPage::wireIndex() {
    connect(checkpoints_, &CheckpointCombo::chosenChanged, this, &RetrievalPage::checkpointChanged);
    connect(store_, &IndexStore::stateChanged, this, [this] {
        showState();
        if (store_->searchable() && std::exchange(pending_, false)) runQuery();
    });
    connect(store_, &IndexStore::progressChanged, this, [this] {
        if (stack_->currentWidget() == start_) showState();
    });
    connect(store_, &IndexStore::built, this, [this](double seconds) {
        pending_ = !query_.isEmpty();
        context().report(QStringLiteral("info"),
                         tr("The index of %1 was built in %2").arg(store_->dataName(), duration(seconds)));
    });
    connect(store_, &IndexStore::failed, this,
            [this](const Failure& failure) { showFailure(failure, [this] { store_->build(); }); });
    IndexView* view = queries_->indexView();
    connect(view, &IndexView::rebuild, store_, &IndexStore::build);
    connect(view, &IndexView::changeData, this, &RetrievalPage::chooseData);
    connect(view, &IndexView::cancelBuild, this, &RetrievalPage::cancelWork);
    connect(start_, &StartPane::actionClicked, this, &RetrievalPage::startAction);
    connect(start_, &StartPane::linkClicked, this, [this] {
        if (store_->state() == IndexState::kNoData && store_->data() != demoData())
            setData(demoData());
        else
            chooseData();
    });
}

void RetrievalPage::wireImport() {
    connect(import_, &DemoImport::progressChanged, this, &RetrievalPage::showState);
    connect(import_, &DemoImport::cancelled, this, &RetrievalPage::showState);
    connect(import_, &DemoImport::failed, this, [this](const Failure& failure) {
        showState();
        showFailure(failure, [this] { startImport(); });
    });
    connect(import_, &DemoImport::finished, this, [this](const QString& note) {
        if (!note.isEmpty()) banner_->showMessage(MessageBanner::Kind::kWarning, note.toHtmlEscaped());
        context().report(QStringLiteral("info"),
                         tr("The demo pictures were imported into %1").arg(DemoImport::defaultFolder()));
        setData(demoData());
        showState();
    });
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
    const QString file = QSettings(settingsFile(), QSettings::IniFormat).value(kDataKey, demoData()).toString();
    store_->setSource(chosen.folder, file);
    showState();
}

void RetrievalPage::setData(const QString& file) {
    QSettings(settingsFile(), QSettings::IniFormat).setValue(kDataKey, file);
    if (file == store_->data()) return store_->check();  // it may be there by now
    checkpointChanged();
}

void RetrievalPage::chooseData() {
    auto* dialog = new QFileDialog(this, tr("Choose pictures with captions"), QFileInfo(store_->data()).path(),
                                   tr("Pictures with captions (%1)").arg(QStringLiteral("*.jsonl")));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    connect(dialog, &QFileDialog::fileSelected, this, &RetrievalPage::setData);
    dialog->open();
}

void RetrievalPage::choosePicture() {
    auto* dialog = new QFileDialog(this, tr("Choose a picture to search with"), QFileInfo(last_image_.image).path(),
                                   PictureIntake::fileDialogFilter());
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString& file) { search({{}, file}); });
    dialog->open();
}

void RetrievalPage::search(const RetrievalQuery& query) {
    if (query.isEmpty()) return;
    query_ = query;
    (query.isImage() ? last_image_ : last_text_) = query;
    bar_->setMode(query.isImage() ? SearchBar::kImageToText : SearchBar::kTextToImage);
    if (!query.isImage()) bar_->setText(query.text);
    bar_->setHasPicture(!last_image_.isEmpty());
    runQuery();
}

void RetrievalPage::runQuery() {
    if (query_.isEmpty()) return;
    banner_->hide();
    if (!store_->searchable()) {
        pending_ = true;
        return showState();
    }
    searcher_->search(query_, {store_->folder(), store_->checkpoint(), bar_->count(), bar_->rerank()});
}

void RetrievalPage::changeMode() {
    const bool image = bar_->mode() == SearchBar::kImageToText;
    if (!image && !bar_->text().isEmpty()) return search({bar_->text(), {}});
    if (image && !last_image_.isEmpty()) return search(last_image_);
    searcher_->cancel();
    query_ = {};
    has_result_ = pending_ = false;
    showState();
}

void RetrievalPage::takeResult(const RetrievalResult& result) {
    has_result_ = true;
    banner_->hide();
    results_->setResult(result);
    history_->add(result);
    if (queries_ != nullptr) queries_->setCurrent(result.query);
    showState();
}

void RetrievalPage::useHit(int row) {
    const RetrievalResult& result = results_->hits().result();
    if (row < 0 || row >= result.hits.size()) return;
    const RetrievalHit hit = result.hits[row];
    if (result.query.isImage())
        search({hit.text, {}});
    else
        search({{}, hit.image});
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
            return store_->data() == demoData() ? startImport() : chooseData();
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
                      : indexContent(*store_, checkpoints_->chosen().label, store_->data() == demoData(), waiting,
                                     bar_->mode() == SearchBar::kImageToText);
    }
    start_->setContent(content);
    stack_->setCurrentWidget(start_);
    if (hit_panel_ != nullptr) hit_panel_->setHit({}, -1);
}

}  // namespace switchyard::ui
