// SPDX-License-Identifier: GPL-3.0-or-later
// Pre-flight: what the configuration will take, beside the form while it is edited.
#pragma once

#include <QScrollArea>
#include <array>
#include <string>
#include <vector>

#include "ui/models/plan_watch.h"

class QGridLayout;
class QLabel;
class QVBoxLayout;

namespace switchyard::ui {

class PlanBars;

/// Thread: GUI thread.
class PreflightPanel : public QScrollArea {
    Q_OBJECT
public:
    explicit PreflightPanel(PlanWatch& watch, QWidget* parent = nullptr);
    /// The text as it is now is not valid: the figures are those of the last one that was.
    void setOutdated(bool outdated);
    QSize sizeHint() const override { return {300, 560}; }

Q_SIGNALS:
    /// A change that would make it fit was asked for: keys and values as --set takes them.
    void changeWanted(const std::vector<std::string>& sets);

protected:
    void showEvent(QShowEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    /// As high as its lines need at this width: else they would be pressed into what is there.
    void fitHeight();
    void show(const PlanChoices& choices);
    void makeTable();
    void showState();
    void showChosen();
    void showAlternatives();

    PlanWatch& watch_;
    bool outdated_ = false;
    QWidget* content_;
    QLabel* state_;
    std::array<QLabel*, 4> figures_{};
    QLabel* limit_;
    PlanBars* bars_;
    struct Row {
        QWidget* swatch;
        QLabel *name, *at_peak, *most;
    };
    QGridLayout* table_;
    std::vector<Row> rows_;
    QLabel* ranks_;
    QLabel* peak_;
    QVBoxLayout* changes_;
    QLabel* notes_;
};

}  // namespace switchyard::ui
