// SPDX-License-Identifier: GPL-3.0-or-later
// What the parts of the Retrieval page tell each other, and what is chosen with menus and dialogs.
#include <QActionGroup>
#include <QClipboard>
#include <QCursor>
#include <QFileDialog>
#include <QFileInfo>
#include <QGuiApplication>
#include <QLineEdit>
#include <QMenu>
#include <QSettings>
#include <QShortcut>
#include <QStackedWidget>
#include <utility>

#include "ui/models/run_words.h"
#include "ui/panels/retrieval/hit_panel.h"
#include "ui/panels/retrieval/index_store.h"
#include "ui/panels/retrieval/index_view.h"
#include "ui/panels/retrieval/join_row.h"
#include "ui/panels/retrieval/page_settings.h"
#include "ui/panels/retrieval/query_panel.h"
#include "ui/panels/retrieval/results_view.h"
#include "ui/panels/retrieval/search_bar.h"
#include "ui/panels/retrieval/searcher.h"
#include "ui/panels/retrieval/start_pane.h"
#include "ui/panels/retrieval_page.h"
#include "ui/panels/shared/checkpoint_combo.h"
#include "ui/panels/shared/drop_zone.h"
#include "ui/panels/shared/picture_intake.h"
#include "ui/widgets/message_banner.h"

namespace switchyard::ui {

void RetrievalPage::wireSearch() {
    connect(bar_, &SearchBar::textSubmitted, this, &RetrievalPage::submit);
    connect(bar_, &SearchBar::pictureSubmitted, this, [this] { search(pictureQuery(last_image_.image)); });
    connect(bar_->join(), &JoinRow::changed, this, [this] {
        if (!bar_->text().isEmpty()) submit();
    });
    connect(bar_, &SearchBar::modeChanged, this, &RetrievalPage::changeMode);
    connect(bar_, &SearchBar::optionsChanged, this, [this] {
        QSettings settings(retrievalSettings(), QSettings::IniFormat);
        settings.setValue(kCountKey, bar_->count());
        settings.setValue(kRerankKey, bar_->rerank());
        settings.setValue(kFoldKey, bar_->fold());
        runQuery();
    });
    connect(bar_->dropZone(), &DropZone::browse, this, &RetrievalPage::choosePicture);
    auto* intake = new PictureIntake(this, bar_->field());
    connect(intake, &PictureIntake::hovering, bar_->dropZone(), &DropZone::setHot);
    intake->tellOthers();
    connect(intake, &PictureIntake::picture, this, [this](const QString& file) { search(pictureQuery(file)); });
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
    connect(results_, &ResultsView::currentChanged, this, [this](int row) { showHit(row); });
    connect(results_, &ResultsView::chosen, this, &RetrievalPage::useHit);
    connect(results_, &ResultsView::opened, this, [this] {
        if (hit_panel_ != nullptr) hit_panel_->setEnlarged(!hit_panel_->enlarged());
    });
    connect(queries_, &QueryPanel::runAgain, this, &RetrievalPage::search);
    connect(hit_panel_, &HitPanel::useAsQuery, this, [this] { useHit(results_->currentRow()); });
    connect(hit_panel_, &HitPanel::toggleFold, this, [this] { results_->toggleFold(results_->currentRow()); });
    connect(hit_panel_, &HitPanel::openFolder, this, &RetrievalPage::openHitFolder);
    connect(hit_panel_, &HitPanel::copyScores, this, [this] {
        const RetrievalResult& result = results_->hits().result();
        QGuiApplication::clipboard()->setText(toTsv(result));
        context().report(QStringLiteral("info"),
                         tr("Copied the scores of %1").arg(countText(result.query.findsTexts(), result.hits.size())));
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
        if (store_->state() == IndexState::kNoData && store_->data() != demoPictures())
            setData(demoPictures());
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
        setData(demoPictures());
        showState();
    });
}

void RetrievalPage::chooseData() {
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    const auto add = [&](const QString& text, bool folder) {
        connect(menu->addAction(text), &QAction::triggered, this, [this, folder] { chooseDataFrom(folder); });
    };
    add(tr("Pictures with captions (JSON Lines)…"), false);
    add(tr("A folder of pictures…"), true);
    addMethods(*menu);
    menu->popup(QCursor::pos());
}

/// How the next index is searched.
void RetrievalPage::addMethods(QMenu& menu) {
    menu.addSeparator();
    auto* group = new QActionGroup(&menu);
    const QString now =
        QSettings(retrievalSettings(), QSettings::IniFormat).value(kMethodKey, QStringLiteral("auto")).toString();
    const std::pair<QString, QString> methods[] = {
        {QStringLiteral("auto"), tr("Next index: exact up to a million vectors")},
        {QStringLiteral("exact"), tr("Next index: exact")},
        {QStringLiteral("graph"), tr("Next index: graph (HNSW)")}};
    for (const auto& [method, text] : methods) {
        QAction* action = menu.addAction(text);
        action->setCheckable(true);
        action->setChecked(method == now);
        group->addAction(action);
        connect(action, &QAction::triggered, this, [this, method = method] {
            QSettings(retrievalSettings(), QSettings::IniFormat).setValue(kMethodKey, method);
            store_->setMethod(method);
        });
    }
}

void RetrievalPage::chooseDataFrom(bool folder) {
    auto* dialog =
        new QFileDialog(this, folder ? tr("Choose a folder of pictures") : tr("Choose pictures with captions"),
                        QFileInfo(store_->data()).path(),
                        folder ? QString() : tr("Pictures with captions (%1)").arg(QStringLiteral("*.jsonl")));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(folder ? QFileDialog::Directory : QFileDialog::ExistingFile);
    connect(dialog, &QFileDialog::fileSelected, this, &RetrievalPage::setData);
    dialog->open();
}

void RetrievalPage::choosePicture() {
    PictureIntake::askForFile(this, tr("Choose a picture to search with"), last_image_.image,
                              [this](const QString& file) { search(pictureQuery(file)); });
}

}  // namespace switchyard::ui
