// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ICollateralVault} from "../../../contracts/interfaces/ICollateralVault.sol";
import {accountOf, toParty} from "../../../contracts/types/Account.sol";
import {KIND_DEPOSIT, makeEntry} from "../../../contracts/types/Entry.sol";
import {FickleToken} from "../mocks/Tokens.sol";
import {Ghosts} from "./Ghosts.sol";

/// @dev Who owns accounts: deposits, withdraws, transfers, and asks from a vault's chain, also in others' names.
abstract contract Traders is Ghosts {
    /// @dev Slot of `CollateralVault.book`.
    uint256 private constant BOOK_SLOT = 4;
    /// @dev Slot of `Ledger.balanceOf`.
    uint256 private constant BALANCE_SLOT = 1;

    function deposit(uint256 seed) external acting(seed) {
        _tryDeposit(_anyVault(), _anyAsset(), 2 * MINIMUM + _roll(_isLucky(4) ? 3e6 : 3e5));
    }

    function depositMany(uint256 seed) external acting(seed) {
        (uint8 chain, uint16 asset, uint256 size) = (_anyVault(), _anyAsset(), 1 + _roll(160));
        for (uint256 i = 0; i < size; ++i) {
            _tryDeposit(chain, asset, 100 + i);
        }
    }

    function _tryDeposit(uint8 chain, uint16 asset, uint256 amount) internal {
        (address trader, address refundTo) = (_anyTrader(), _anyTrader());
        FickleToken token = tokenOf[chain][asset];
        uint256 local = amount * _scale(chain, asset);
        token.mint(trader, local);
        bool isOpen =
            _accepts(chain, HUB) && !_isAssetPaused(chain, asset) && amount >= _vaultRule[chain][asset].minDeposit;
        bool isDone;
        vm.startPrank(trader, trader);
        token.approve(address(chains[chain].vault), type(uint256).max);
        try chains[chain].vault.deposit{gas: CALL_GAS}(asset, local, trader, uint96(_roll(2)), refundTo, false) {
            isDone = true;
        } catch {}
        vm.stopPrank();
        _expect(isDone, isOpen && _isHonest(chain, asset, trader), !isOpen, "deposit");
    }

    /// @dev As a vault would post it that has lost its check of the owner: the money is there, the account nobody's.
    function depositOfNobody(uint256 seed) external acting(seed) {
        if (_roll(4) != 0) return;
        (uint8 chain, uint16 asset, uint128 amount) = (_anyVault(), _anyAsset(), uint128(MINIMUM + _roll(1e5)));
        ICollateralVault vault = chains[chain].vault;
        if (!_accepts(chain, HUB) || _isAssetPaused(chain, asset)) return;
        (uint128 deposited, uint128 released) = vault.book(asset);
        tokenOf[chain][asset].mint(address(vault), amount * _scale(chain, asset));
        bytes32 slot = keccak256(abi.encode(asset, BOOK_SLOT));
        vm.store(address(vault), slot, bytes32((uint256(released) << 128) | (deposited + amount)));
        bytes32 account = accountOf(address(0), uint96(_roll(2)));
        vm.prank(address(vault));
        chains[chain].gateway
            .post(
                chains[HUB].eid,
                makeEntry(KIND_DEPOSIT, asset, chains[chain].eid, 0, amount, account, toParty(_anyTrader()))
            );
        ++times["deposit of nobody"];
    }

    function withdraw(uint256 seed) external acting(seed) {
        _tryWithdraw(_anyVault(), _anyAsset(), type(uint128).max);
    }

    /// @dev Small ones, so that windows from the hub fill as well.
    function withdrawMany(uint256 seed) external acting(seed) {
        (uint8 chain, uint16 asset, uint256 size) = (_anyVault(), _anyAsset(), 1 + _roll(140));
        for (uint256 i = 0; i < size; ++i) {
            _tryWithdraw(chain, asset, 3 * MINIMUM);
        }
    }

    function _tryWithdraw(uint8 chain, uint16 asset, uint256 most) internal {
        (address trader, address recipient, uint96 subaccount) = (_anyTrader(), _anyTrader(), uint96(_roll(8) / 7));
        uint256 balance = _balanceOf(accountOf(trader, subaccount), asset);
        uint256 there = hub.available(chains[chain].eid, asset);
        uint256 amount = _amount(_least(most, balance, there));
        uint256 minimum = _laneRule[chain][asset].minWithdrawal;
        bool isPossible = _accepts(HUB, chain) && _isListed(chain, asset) && !_isAssetPaused(HUB, asset)
            && amount <= balance && amount <= there && (amount >= minimum || balance - amount < minimum);
        bool isDone;
        vm.prank(trader);
        try hub.withdraw(subaccount, chains[chain].eid, asset, uint128(amount), recipient) {
            isDone = true;
        } catch {}
        _expect(isDone, isPossible, !isPossible, "withdraw");
    }

    /// @dev Now and then all of it, or more than there is.
    function _amount(uint256 most) private returns (uint256) {
        uint256 kind = _roll(6);
        if (kind == 0) return 1 + _roll(2e6);
        if (kind < 4) return MINIMUM + _roll((most < 3e5 ? most : 3e5) + 1);
        return kind == 1 && most != 0 ? most : MINIMUM + _roll(most + 1);
    }

    function transfer(uint256 seed) external acting(seed) {
        (address from, address to, uint16 asset) = (_anyTrader(), _anyTrader(), _anyAsset());
        uint256 balance = _balanceOf(accountOf(from, 0), asset);
        uint256 amount = 1 + _roll(balance + 1);
        bool isDone;
        vm.prank(from);
        try hub.transfer(0, to, uint96(_roll(2)), asset, uint128(amount)) {
            isDone = true;
        } catch {}
        _expect(isDone, amount <= balance, amount > balance, "transfer");
    }

    /// @dev As trading will: one account's loss is another's gain. A deposit into a debt may use what others must leave.
    function realise(uint256 seed) external acting(seed) {
        if (!_isLucky(3)) return;
        (bytes32 loser, bytes32 winner) = (accountOf(_anyTrader(), 0), accountOf(_anyTrader(), 1));
        uint16 asset = _anyAsset();
        int256 amount = int256(_roll(4e5));
        _setBalance(loser, asset, hub.balanceOf(loser, asset) - amount);
        _setBalance(winner, asset, hub.balanceOf(winner, asset) + amount);
        ++times["realised"];
    }

    function _setBalance(bytes32 account, uint16 asset, int256 balance) private {
        bytes32 slot = keccak256(abi.encode(asset, keccak256(abi.encode(account, BALANCE_SLOT))));
        vm.store(address(hub), slot, bytes32(uint256(balance)));
        if (balance < 0) _wasInDebt[account][asset] = true;
    }

    function _balanceOf(bytes32 account, uint16 asset) internal view returns (uint256) {
        int256 balance = hub.balanceOf(account, asset);
        return balance > 0 ? uint256(balance) : 0;
    }

    function register(uint256 seed) external acting(seed) {
        vm.startPrank(_anyTrader());
        if (_roll(2) == 0) hub.setRecipient(chains[_anyVault()].eid, _anyTrader(), _roll(4) != 0);
        else hub.setController(chains[_anyVault()].eid, _anyTrader());
        vm.stopPrank();
    }

    // ── asking from a vault's chain ─────────────────────────────────────────────────────────────────────────────────

    enum Way {
        Owner,
        Controller,
        OwnerSigned,
        ControllerSigned,
        OthersSignature,
        Contract,
        ForOther
    }

    function request(uint256 seed) external acting(seed) {
        uint8 chain = _anyVault();
        Way way = Way(_roll(uint256(type(Way).max) + 1));
        bool byOwner = way == Way.Owner || way == Way.OwnerSigned || way == Way.OthersSignature;
        ICollateralVault.Request memory asked = _wish();
        address requester = byOwner ? asked.owner : _anyTrader();
        // A controller asks for itself; who asks for somebody else is refused at once.
        if (way == Way.Controller || way == Way.ControllerSigned || way == Way.Contract) asked.recipient = requester;
        if (way == Way.ForOther) asked.recipient = address(uint160(requester) ^ 1);
        bool isForOther = way == Way.ForOther && requester != asked.owner;
        bool isOpen = _accepts(chain, HUB);
        bool isFalse = way == Way.OthersSignature || way == Way.Contract || isForOther;
        bool isDone = _ask(chain, way, asked, requester);
        _expect(isDone, isOpen && !isFalse, !isOpen || isFalse, isFalse ? "false request" : "request");
    }

    function _wish() private returns (ICollateralVault.Request memory asked) {
        asked.owner = _anyTrader();
        asked.dstEid = chains[_anyVault()].eid;
        asked.asset = _anyAsset();
        asked.recipient = _roll(2) == 0 ? asked.owner : _anyTrader();
        uint256 balance = _balanceOf(accountOf(asked.owner, 0), asked.asset);
        uint256 there = hub.available(asked.dstEid, asked.asset);
        asked.amount = uint128(1 + _roll(_roll(4) == 0 ? 2e6 : 1 + _least(4e5, balance, there)));
    }

    function _ask(uint8 chain, Way way, ICollateralVault.Request memory asked, address requester)
        private
        returns (bool isDone)
    {
        ICollateralVault vault = chains[chain].vault;
        if (way == Way.Owner || way == Way.Controller || way == Way.Contract || way == Way.ForOther) {
            vm.prank(requester, way == Way.Contract ? address(this) : requester);
            try vault.requestWithdrawal(asked) {
                return true;
            } catch {
                return false;
            }
        }
        vm.chainId(chains[chain].id);
        uint256 nonce = _roll(type(uint256).max);
        uint256 signer = way == Way.OthersSignature ? 0xbad : _keyOf(requester);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(signer, vault.requestDigest(asked, requester, nonce, block.timestamp));
        bytes memory signature = abi.encodePacked(r, s, v);
        try vault.requestWithdrawalSigned(asked, requester, nonce, block.timestamp, signature) {
            isDone = true;
        } catch {}
        if (!isDone) return false;
        try vault.requestWithdrawalSigned(asked, requester, nonce, block.timestamp, signature) {
            _violated(4, "a request's nonce was used twice");
        } catch {}
    }

    function _least(uint256 a, uint256 b, uint256 c) internal pure returns (uint256 least) {
        least = a < b ? a : b;
        if (c < least) least = c;
    }
}
