// SPDX-License-Identifier: GPL-3.0-or-later
// Curves of the selected run: losses, optimizer, throughput, memory, evaluation.
#pragma once

#include <QTimer>
#include <vector>

#include "ui/panels/curves/plot_card.h"
#include "ui/panels/record_page.h"

class QScrollArea;

namespace switchyard::ui {

class CardsArea;
class CurveExports;
class CurvesToolBar;
class MessageBanner;

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

protected:
    bool takeRecords(bool restart) override;
    void showAlarm(const health::Alarm& alarm) override { group_->show(static_cast<double>(alarm.raised_step)); }
    void factsChanged() override { inspection_due_.start(); }
    void stateChanged() override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    void makeCards();
    void addRecallChoice();
    void updateBanner();
    void sendInspection();
    std::vector<PlotCard*> shownCards() const;

    PlotGroup* group_;
    CurvesToolBar* tool_bar_;
    MessageBanner* banner_;
    CardsArea* area_;
    CurveExports* exports_;
    std::vector<PlotCard*> cards_;
    QString run_dir_;
    bool banner_dismissed_ = false;
    QTimer inspection_due_;
};

}  // namespace switchyard::ui
