// SPDX-License-Identifier: GPL-3.0-or-later
// A page that shows the selected run's record: when to read it, and what stands there while there is none.
#pragma once

#include <QElapsedTimer>
#include <optional>

#include "ui/models/run_facts.h"
#include "ui/panels/page.h"

class QStackedLayout;

namespace switchyard::ui {

class EmptyState;
class LoadingState;
class RefreshGate;

/// Thread: GUI thread; run.db is read by RunFeed, the folder's config in the thread pool.
class RecordPage : public Page {
    Q_OBJECT
public:
    enum class State { kNoRun, kLoading, kEmpty, kFailed, kContent };
    State state() const { return state_; }
    void goTo(const health::Alarm& alarm) override;

protected:
    /// `icon` of the empty states.
    RecordPage(AppContext& context, const QString& icon, QWidget* parent);
    /// Last in the subclass's constructor.
    void begin(QWidget* content);
    /// Takes what the feed has; `restart`: earlier records are void. @return whether there is something to show.
    virtual bool takeRecords(bool restart) = 0;
    /// Words of the empty page of a run whose record has nothing for this page.
    virtual std::pair<QString, QString> emptyWords() const;
    /// The folder's config was read.
    virtual void factsChanged() {}
    /// The content is there: the step and what else of an alarm the page can show.
    virtual void showAlarm(const health::Alarm& /*alarm*/) {}
    /// The page's state changed.
    virtual void stateChanged() {}
    const RunFacts& facts() const { return facts_; }

private:
    void runSelected(const QString& run_dir);
    void refresh(bool restart);
    void present(State state);

    RefreshGate* gate_;
    QStackedLayout* stack_;
    EmptyState* no_run_;
    LoadingState* loading_;
    EmptyState* empty_;
    EmptyState* failed_;
    State state_ = State::kNoRun;
    RunFacts facts_;
    QElapsedTimer since_selected_;
    std::optional<health::Alarm> awaited_;  ///< to be shown when there is content
    bool restart_owed_ = false;
    quint64 selection_ = 0;
};

}  // namespace switchyard::ui
