// SPDX-License-Identifier: GPL-3.0-or-later
// Retrieval: pictures by text and texts by picture, with a checkpoint's own scores.
#pragma once

#include <QPointer>
#include <functional>
#include <memory>

#include "ui/models/query_history.h"
#include "ui/panels/page.h"
#include "ui/services/failure.h"

class QMenu;
class QStackedWidget;

namespace switchyard::ui {

class CheckpointCombo;
class DemoImport;
class HitPanel;
class IndexStore;
class MessageBanner;
class PictureLoader;
class QueryPanel;
class ResultsView;
class RoutesBeside;
class SearchBar;
class Searcher;
class StartPane;
class WhyView;

/// Thread: GUI thread.
class RetrievalPage : public Page {
    Q_OBJECT
public:
    explicit RetrievalPage(AppContext& context, QWidget* parent = nullptr);
    ~RetrievalPage() override;
    QWidget* pageActions() override;
    QWidget* sidePanel() override;
    QWidget* inspectorPanel() override;

    /// Searches as soon as the index is ready.
    void search(const RetrievalQuery& query);

protected:
    void showEvent(QShowEvent* event) override;

private:
    void makeParts();
    void wireSearch();
    void wireIndex();
    void wireImport();
    void runQuery();
    void changeMode();
    void takeResult(const RetrievalResult& result);
    void useHit(int row);
    void submit();
    RetrievalQuery pictureQuery(const QString& file) const;
    void showHit(int row);
    void openHitFolder();
    void showFailure(const Failure& failure, std::function<void()> again);
    void checkpointChanged();
    void setData(const QString& source);
    /// Of what kind, then which.
    void chooseData();
    void chooseDataFrom(bool folder);
    void addMethods(QMenu& menu);
    void choosePicture();
    void cancelWork();
    void startAction();
    void startImport();
    /// Shows what fits the state: results, or what is missing.
    void showState();

    RetrievalQuery query_;       ///< shown, or to be run when the index is ready
    RetrievalQuery last_image_;  ///< the last picture alone
    bool has_result_ = false, shown_ = false;
    bool pending_ = false;  ///< the query runs when the index is ready
    std::unique_ptr<PictureLoader> pictures_;
    IndexStore* store_;
    Searcher* searcher_;
    DemoImport* import_;
    QueryHistory* history_;
    MessageBanner* banner_;
    SearchBar* bar_;
    QStackedWidget* stack_;
    StartPane* start_;
    ResultsView* results_;
    // Owned by the window once it has asked for them.
    QPointer<QWidget> actions_;
    QPointer<CheckpointCombo> checkpoints_;
    QPointer<QueryPanel> queries_;
    QPointer<HitPanel> hit_panel_;
    // In the hit panel.
    QPointer<WhyView> why_;
    QPointer<RoutesBeside> routes_;
};

}  // namespace switchyard::ui
