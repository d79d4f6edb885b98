// SPDX-License-Identifier: GPL-3.0-or-later
// Curves of the selected run: losses, optimizer, throughput, memory, evaluation.
#pragma once

#include <QTimer>
#include <vector>

#include "ui/panels/curves/plot_card.h"
#include "ui/panels/record_page.h"

class QStackedWidget;

namespace switchyard::ui {

class CardsArea;
class CompareBar;
class CompareFeed;
class ComparePicker;
class CurveExports;
class CurvesToolBar;
class DifferencesView;
class MessageBanner;
class RefreshGate;
class StagedBuild;

/// Thread: GUI thread.
class CurvesPage : public RecordPage {
    Q_OBJECT
public:
    explicit CurvesPage(AppContext& context, QWidget* parent = nullptr);
    PlotGroup& group() { return *group_; }
    CurvesToolBar& toolBar() const { return *tool_bar_; }
    MessageBanner& banner() const { return *banner_; }
    /// "loss", "lr", "grad_norm", "throughput", "memory", "eval".
    PlotCard* card(const QString& name) const;
    CurveExports& exports() const { return *exports_; }
    CompareBar& compareBar() const { return *compare_bar_; }
    DifferencesView& differences() const;
    ComparePicker& comparePicker() const;
    /// Folders of the runs drawn beside the selected one.
    QStringList compared() const;
    void setCompared(const QStringList& dirs);

protected:
    bool takeRecords(bool restart) override;
    void showAlarm(const health::Alarm& alarm) override { group_->show(static_cast<double>(alarm.raised_step)); }
    void factsChanged() override { inspection_due_.start(); }
    void stateChanged() override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    void makeCards();
    void addRecallChoice();
    void makeComparing();
    void openPicker();
    void takeCompared();
    void showCards();
    void updateBanner();
    void sendInspection();
    std::vector<PlotCard*> shownCards() const;

    PlotGroup* group_;
    CurvesToolBar* tool_bar_;
    MessageBanner* banner_;
    CardsArea* area_;
    CurveExports* exports_;
    CompareBar* compare_bar_;
    ComparePicker* picker_ = nullptr;
    CompareFeed* compare_feed_;
    DifferencesView* differences_ = nullptr;
    QStackedWidget* views_;
    RefreshGate* compare_gate_;
    QStringList compare_restarts_;  ///< runs whose records begin anew with the next refresh
    QStringList tags_;              ///< of all cards
    std::vector<PlotCard*> cards_;
    StagedBuild* later_;  ///< what is seen only while runs are compared
    QString run_dir_;
    bool banner_dismissed_ = false;
    bool refresh_owed_ = false;  ///< the selected run's records have grown, to be drawn with the others'
    QTimer inspection_due_;
};

}  // namespace switchyard::ui
